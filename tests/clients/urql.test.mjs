// urql against the real server.
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { test } from 'node:test';
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { invalid, partlyFailing, recording, search, start } from './server.mjs';

// What the exchange hashes with, as in browsers.
globalThis.crypto ??= webcrypto;

function client(url, options = {}) {
  return new Client({ url: `${url}/graphql`, preferGetMethod: false, exchanges: [cacheExchange, fetchExchange], ...options });
}

test('a query with variables', async () => {
  const { data, error } = await client(await start()).query(search, { text: 'lamp' });
  assert.equal(error, undefined);
  assert.ok(data.search.total > 0);
});

test('by GET, as it prefers', async () => {
  const asked = recording();
  const urql = client(await start(), { preferGetMethod: 'force', fetch: asked.fetch });
  const { data, error } = await urql.query(search, { text: 'lamp' });
  assert.equal(error, undefined);
  assert.ok(data.search.total > 0);
  assert.equal(asked.requests[0].method, 'GET');
});

test('errors: of the request as a whole, and of a field beside data', async () => {
  const urql = client(await start());
  const whole = await urql.query(invalid, {});
  assert.equal(whole.error.graphQLErrors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
  const partly = await urql.query(partlyFailing, {});
  assert.equal(partly.error.graphQLErrors[0].extensions.code, 'BAD_USER_INPUT');
  assert.ok(partly.data.stats.totalAutomations > 0);
});

for (const preferGetForPersistedQueries of [false, 'force']) {
  test(`persisted queries, by ${preferGetForPersistedQueries ? 'GET' : 'POST'}`, async () => {
    const url = await start();
    const asked = recording();
    const exchanges = () => [persistedExchange({ preferGetForPersistedQueries }), fetchExchange];
    const ask = () => client(url, { exchanges: exchanges(), fetch: asked.fetch }).query(search, { text: 'light' });
    const first = await ask();
    assert.equal(first.error, undefined);
    assert.ok(first.data.search.total > 0);
    assert.equal(asked.requests.length, 2);
    const second = await ask();
    assert.deepEqual(second.data, first.data);
    assert.equal(asked.requests.length, 3);
    const last = asked.requests[2];
    assert.equal(last.method, preferGetForPersistedQueries ? 'GET' : 'POST');
    assert.ok(!`${last.url}${last.body ?? ''}`.includes('fullName'), 'the query itself is not sent');
  });
}

test('429 is an error with its code', async () => {
  const urql = client(await start({ RATELIMIT_ENABLED: 'true', RATELIMIT_REQUESTS: '1', RATELIMIT_WINDOW: '86400' }));
  await urql.query(search, { text: 'light' });
  const { error } = await urql.query(search, { text: 'lamp' });
  assert.equal(error.response.status, 429);
  assert.equal(error.graphQLErrors[0].extensions.code, 'RATE_LIMITED');
});
