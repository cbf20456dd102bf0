// What pages of other origins can do here, tried by a real browser: CORS, forgery, framing.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { open } from './browser.mjs';
import { start } from './server.mjs';

const query = '/graphql?query=%7Bsearch%7Btotal%7D%7D';
let page;
let strange;
let home;
const servers = [];

/** A site with one empty page. To a browser, each port is an origin of its own. */
function site() {
  return new Promise((resolve) => {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>A page</title>');
    });
    servers.push(server);
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
  });
}

before(async () => {
  strange = await site();
  home = await site();
  page = await (await open()).newPage();
});
after(() => servers.forEach((server) => server.close()));

/** Runs `fetch` in the page; gives what its script gets to see. */
function fetched(url, init) {
  return page.evaluate(
    async ([url, init]) => {
      try {
        const response = await fetch(url, init);
        const headers = Object.fromEntries(response.headers);
        return { type: response.type, status: response.status, body: await response.text(), headers };
      } catch (error) {
        return { error: error.name };
      }
    },
    [url, init],
  );
}

/** How often the server was asked by pages and ran something, from its own counts. */
async function ran(url) {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  // Whatever was read as an operation, however it ended.
  const lines = metrics.matchAll(/^autodex_requests_total\{operation="(?!unread")[a-z_]+",outcome="[a-z_]+"\} (\d+)$/gm);
  return [...lines].reduce((sum, [, count]) => sum + Number(count), 0);
}

const post = (body, type = 'application/json') => ({ method: 'POST', headers: { 'content-type': type }, body: JSON.stringify(body) });

test('a page of an origin that may reads answers and their headers, by GET and by POST', async () => {
  const url = await start({ CORS_ALLOWED_ORIGINS: home });
  await page.goto(home);
  for (const answer of [await fetched(url + query), await fetched(`${url}/graphql`, post({ query: '{ search { total } }' }))]) {
    assert.equal(answer.status, 200);
    assert.ok(JSON.parse(answer.body).data.search.total > 0);
    for (const name of ['x-request-id', 'x-cache', 'cache-status', 'server-timing', 'etag', 'age']) {
      assert.ok(answer.headers[name], `${name} is not in ${JSON.stringify(answer.headers)}`);
    }
  }
});

test('a page of any other origin makes the server run nothing and reads nothing', async () => {
  const url = await start({ CORS_ALLOWED_ORIGINS: home });
  await page.goto(strange);
  const untouched = await ran(url);
  await fetch(url + query);
  const before = await ran(url);
  assert.ok(before > untouched, 'what runs is counted');
  const mutation = { query: 'mutation { clearCache { generation } }' };
  const attempts = [
    await fetched(url + query),
    await fetched(url + query, { mode: 'no-cors' }),
    await fetched(`${url}/graphql`, post(mutation)),
    await fetched(`${url}/graphql`, post(mutation, 'text/plain')),
    await fetched(`${url}/graphql`, { ...post(mutation, 'text/plain'), mode: 'no-cors' }),
    await fetched(url + query, { headers: { 'apollo-require-preflight': 'true' } }),
  ];
  // What is not an error is an answer that the page cannot look into.
  for (const attempt of attempts) assert.ok(attempt.error || attempt.type === 'opaque', JSON.stringify(attempt));
  for (const tag of ['img', 'script', 'iframe', 'object']) {
    await page.evaluate(
      ([tag, url]) =>
        new Promise((resolve) => {
          const element = document.createElement(tag);
          element.onload = element.onerror = resolve;
          element[tag === 'object' ? 'data' : 'src'] = url;
          document.body.append(element);
        }),
      [tag, url + query],
    );
  }
  await page.evaluate((action) => {
    navigator.sendBeacon(action, new Blob(['{"query":"{ search { total } }"}'], { type: 'text/plain' }));
    const frame = Object.assign(document.createElement('iframe'), { name: 'into' });
    document.body.append(frame);
    const form = Object.assign(document.createElement('form'), { action, method: 'post', enctype: 'text/plain', target: 'into' });
    form.innerHTML = `<input name='{"query":"mutation { clearCache { generation } }","x":"' value='"}'>`;
    document.body.append(form);
    return new Promise((resolve) => {
      frame.onload = resolve;
      form.submit();
    });
  }, `${url}/graphql`);
  assert.equal(await ran(url), before, 'something was run');
});

test('a link that is followed shows the answer to the person alone', async () => {
  const url = await start();
  await page.goto(strange);
  await page.evaluate((href) => {
    document.body.append(Object.assign(document.createElement('a'), { href, textContent: 'see' }));
  }, url + query);
  await page.getByText('see').click();
  await page.waitForURL(url + query);
  assert.match(await page.textContent('body'), /"total":/);
});

test('a star lets every page read, and a limited one reads why', async () => {
  const url = await start({ CORS_ALLOWED_ORIGINS: '*', RATELIMIT_ENABLED: 'true', RATELIMIT_REQUESTS: '1', RATELIMIT_WINDOW: '86400' });
  await page.goto(strange);
  const first = await fetched(`${url}/graphql`, post({ query: '{ search { total } }' }));
  assert.equal(first.status, 200, 'the preflight before it was not charged');
  const second = await fetched(`${url}/graphql`, post({ query: '{ search { total } }' }));
  assert.equal(second.status, 429);
  assert.equal(JSON.parse(second.body).errors[0].extensions.code, 'RATE_LIMITED');
  assert.ok(Number(second.headers['retry-after']) >= 1);
  assert.equal(second.headers['x-ratelimit-remaining'], '0');
});

test('no page frames the editor', async () => {
  const url = await start();
  await page.goto(strange);
  const frame = await page.evaluate(
    (src) =>
      new Promise((resolve) => {
        const frame = Object.assign(document.createElement('iframe'), { src });
        frame.onload = () => resolve(frame.contentDocument === null || frame.contentDocument.body.innerHTML === '');
        document.body.append(frame);
      }),
    `${url}/graphiql`,
  );
  assert.ok(frame);
  const text = await page.frames().at(-1).evaluate(() => document.querySelector('#graphiql')?.textContent ?? '');
  assert.equal(text, '');
});
