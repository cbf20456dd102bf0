// Apollo Client against the real server.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client/core/index.js';
import { BatchHttpLink } from '@apollo/client/link/batch-http/index.js';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries/index.js';
import { invalid, partlyFailing, recording, search, start } from './server.mjs';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

function client(link) {
  return new ApolloClient({ cache: new InMemoryCache(), link: ApolloLink.from([link].flat()) });
}

test('a query with variables', async () => {
  const uri = `${await start()}/graphql`;
  const { data } = await client(new HttpLink({ uri })).query({ query: gql(search), variables: { text: 'lamp' } });
  assert.ok(data.search.total > 0);
  assert.equal(data.search.results.length, 2);
  assert.match(data.search.results[0].repository.fullName, /\//);
});

test('errors: of the request as a whole, and of a field beside data', async () => {
  const uri = `${await start()}/graphql`;
  const apollo = client(new HttpLink({ uri }));
  await assert.rejects(apollo.query({ query: gql(invalid) }), (error) => {
    assert.ok(CombinedGraphQLErrors.is(error), String(error));
    assert.equal(error.errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
    return true;
  });
  const partly = await apollo.query({ query: gql(partlyFailing), errorPolicy: 'all' });
  assert.equal(partly.data.search, null);
  assert.ok(partly.data.stats.totalAutomations > 0);
  assert.equal(partly.error.errors[0].extensions.code, 'BAD_USER_INPUT');
});

for (const useGETForHashedQueries of [false, true]) {
  test(`persisted queries, by ${useGETForHashedQueries ? 'GET' : 'POST'}`, async () => {
    const uri = `${await start()}/graphql`;
    const asked = recording();
    const links = () => [
      new PersistedQueryLink({ sha256, useGETForHashedQueries }),
      new HttpLink({ uri, fetch: asked.fetch }),
    ];
    const query = { query: gql(search), variables: { text: 'light' } };
    const first = await client(links()).query(query);
    assert.ok(first.data.search.total > 0);
    // The hash alone, which is not known; then with the query.
    assert.equal(asked.requests.length, 2);
    assert.deepEqual(asked.requests.map((request) => request.status), [200, 200]);
    const second = await client(links()).query(query);
    assert.deepEqual(second.data, first.data);
    assert.equal(asked.requests.length, 3);
    const last = asked.requests[2];
    assert.equal(last.method, useGETForHashedQueries ? 'GET' : 'POST');
    assert.ok(!`${last.url}${last.body ?? ''}`.includes('fullName'), 'the query itself is not sent');
  });
}

test('where persisted queries are off, it stops trying', async () => {
  const uri = `${await start({ PERSISTED_QUERIES_ENABLED: 'false' })}/graphql`;
  const asked = recording();
  const apollo = client([new PersistedQueryLink({ sha256 }), new HttpLink({ uri, fetch: asked.fetch })]);
  const ask = (text) => apollo.query({ query: gql(search), variables: { text } });
  assert.ok((await ask('light')).data.search.total > 0);
  assert.ok((await ask('lamp')).data.search.total > 0);
  assert.equal(asked.requests.length, 3);
});

test('a batch', async () => {
  const uri = `${await start()}/graphql`;
  const asked = recording();
  const apollo = client(new BatchHttpLink({ uri, fetch: asked.fetch, batchInterval: 20 }));
  const answers = await Promise.all(
    ['light', 'lamp', 'sun'].map((text) => apollo.query({ query: gql(search), variables: { text } })),
  );
  assert.equal(answers.length, 3);
  assert.ok(answers.every((answer) => answer.data.search.total > 0));
  assert.equal(asked.requests.length, 1);
});

test('429 is an error with its code', async () => {
  const uri = `${await start({ RATELIMIT_ENABLED: 'true', RATELIMIT_REQUESTS: '1', RATELIMIT_WINDOW: '86400' })}/graphql`;
  const apollo = client(new HttpLink({ uri }));
  const ask = (text) => apollo.query({ query: gql(search), variables: { text } });
  await ask('light');
  await assert.rejects(ask('lamp'), (error) => {
    assert.ok(CombinedGraphQLErrors.is(error), String(error));
    assert.equal(error.errors[0].extensions.code, 'RATE_LIMITED');
    assert.ok(error.errors[0].extensions.retryAfter >= 1);
    return true;
  });
});
