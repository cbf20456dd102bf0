// graphql-request against the real server. It has no persisted queries of its own: its middleware adds the hash.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ClientError, GraphQLClient } from 'graphql-request';
import { invalid, partlyFailing, search, start } from './server.mjs';

test('a query with variables, by POST and by GET', async () => {
  const url = `${await start()}/graphql`;
  const posted = await new GraphQLClient(url).request(search, { text: 'lamp' });
  assert.ok(posted.search.total > 0);
  const got = await new GraphQLClient(url, { method: 'GET' }).request(search, { text: 'lamp' });
  assert.deepEqual(got, posted);
});

test('a batch', async () => {
  const url = `${await start()}/graphql`;
  const answers = await new GraphQLClient(url).batchRequests([
    { document: search, variables: { text: 'lamp' } },
    { document: search, variables: { text: 'light' } },
  ]);
  assert.equal(answers.length, 2);
  assert.ok(answers.every((answer) => answer.data.search.total > 0));
});

test('errors: of the request as a whole, and of a field beside data', async () => {
  const url = `${await start()}/graphql`;
  await assert.rejects(new GraphQLClient(url).request(invalid), (error) => {
    assert.ok(error instanceof ClientError, String(error));
    assert.equal(error.response.errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
    return true;
  });
  const partly = await new GraphQLClient(url, { errorPolicy: 'all' }).rawRequest(partlyFailing);
  assert.equal(partly.errors[0].extensions.code, 'BAD_USER_INPUT');
  assert.ok(partly.data.stats.totalAutomations > 0);
});

test('a persisted query', async () => {
  const url = `${await start()}/graphql`;
  const bodies = [];
  let whole = false;
  const client = new GraphQLClient(url, {
    requestMiddleware: (request) => {
      const body = JSON.parse(request.body);
      const sha256Hash = createHash('sha256').update(body.query).digest('hex');
      body.extensions = { persistedQuery: { version: 1, sha256Hash } };
      if (!whole) delete body.query;
      bodies.push(body);
      return { ...request, body: JSON.stringify(body) };
    },
  });
  await assert.rejects(client.request(search, { text: 'lamp' }), (error) => {
    assert.equal(error.response.errors[0].message, 'PersistedQueryNotFound');
    assert.equal(error.response.errors[0].extensions.code, 'PERSISTED_QUERY_NOT_FOUND');
    return true;
  });
  whole = true;
  const first = await client.request(search, { text: 'lamp' });
  whole = false;
  assert.deepEqual(await client.request(search, { text: 'lamp' }), first);
  assert.deepEqual(bodies.map((body) => 'query' in body), [false, true, false]);
});

test('429 is an error with its code', async () => {
  const client = new GraphQLClient(`${await start({ RATELIMIT_ENABLED: 'true', RATELIMIT_REQUESTS: '1', RATELIMIT_WINDOW: '86400' })}/graphql`);
  await client.request(search, { text: 'light' });
  await assert.rejects(client.request(search, { text: 'lamp' }), (error) => {
    assert.equal(error.response.status, 429);
    assert.equal(error.response.errors[0].extensions.code, 'RATE_LIMITED');
    return true;
  });
});
