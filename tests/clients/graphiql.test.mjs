// GraphiQL in a real browser: from this server alone, within its own policy, and able to ask.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, page as newPage } from './browser.mjs';
import { start } from './server.mjs';

const violations = (page) => page.evaluate(() => globalThis.violations);

test('it loads from this server alone, runs a query and shows its result', async () => {
  const url = await start();
  const { page, seen } = await newPage(await open());
  const response = await page.goto(`${url}/graphiql`);
  assert.equal(response.status(), 200);
  await page.waitForSelector('.graphiql-query-editor .CodeMirror');
  // The schema was asked for, and passes the limits: the documentation knows it.
  await page.getByLabel('Show Documentation Explorer').click();
  await page.getByText('Query', { exact: true }).first().waitFor();

  await page.getByLabel('Execute query').click();
  await page.waitForFunction(() => document.querySelector('.result-window')?.textContent.includes('"total"'));
  const shown = await page.evaluate(() => document.querySelector('.result-window .CodeMirror').CodeMirror.getValue());
  const answer = JSON.parse(shown);
  assert.equal(answer.errors, undefined);
  assert.ok(answer.data.search.total > 0);
  assert.equal(answer.data.search.results.length, Math.min(5, answer.data.search.total));

  const outside = seen.requests.filter((asked) => !asked.startsWith(`${url}/`) && !asked.startsWith('data:'));
  assert.deepEqual(outside, []);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(seen.complaints, []);
});

test('an error is shown, and an operator may ask with a token that is not kept', async () => {
  const url = await start({ ADMIN_TOKEN: '0123456789abcdef' });
  const { page, seen } = await newPage(await open());
  await page.goto(`${url}/graphiql?query=x`);
  await page.waitForSelector('.graphiql-query-editor .CodeMirror');
  const set = (selector, text) =>
    page.evaluate(([selector, text]) => document.querySelector(`${selector} .CodeMirror`).CodeMirror.setValue(text), [selector, text]);
  // The editor takes in what was written a moment later; until then it names the operation that stood there before.
  const result = async (part) => {
    for (const tries of [1, 2, 3, 4, 5]) {
      await page.getByLabel('Execute query').click();
      try {
        return await page.waitForFunction(
          (part) => document.querySelector('.result-window')?.textContent.includes(part),
          part,
          { timeout: 5000 },
        );
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  };
  await set('.graphiql-query-editor', '{ cacheStats { generation } }');
  await result('"FORBIDDEN"');
  await page.getByText('Headers', { exact: true }).click();
  await page.waitForSelector('[aria-label="Headers"] .graphiql-editor:not(.hidden) .CodeMirror');
  await set('[aria-label="Headers"] .graphiql-editor:not(.hidden)', '{ "Authorization": "Bearer 0123456789abcdef" }');
  await result('"generation"');
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  assert.ok(!kept.includes('0123456789abcdef'), kept);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(seen.requests.filter((asked) => !asked.startsWith(`${url}/`)), []);
});
