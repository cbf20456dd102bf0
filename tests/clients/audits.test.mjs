// The audits of the GraphQL-over-HTTP specification, as the npm package `graphql-http` ships them.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { serverAudits } from 'graphql-http';
import { start } from './server.mjs';

/** Audits of what a server MAY do that are not met, each with its reason. */
const notMet = {};

let url;
before(async () => {
  url = `${await start()}/graphql`;
});

const audits = serverAudits({ url: () => url });

for (const audit of audits) {
  test(`${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn();
    const expected = notMet[audit.id] ? 'notice' : 'ok';
    assert.equal(result.status, expected, result.reason);
  });
}

test('all of them were run, and no obligation is among those not met', () => {
  const count = (word) => audits.filter((audit) => audit.name.startsWith(word)).length;
  const counts = { MUST: count('MUST'), SHOULD: count('SHOULD'), MAY: count('MAY') };
  assert.deepEqual(counts, { MUST: 13, SHOULD: 23, MAY: 25 });
  assert.equal(counts.MUST + counts.SHOULD + counts.MAY, audits.length);
  for (const id of Object.keys(notMet)) {
    assert.match(audits.find((audit) => audit.id === id).name, /^MAY/);
  }
});
