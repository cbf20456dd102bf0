// What tools ask of the schema passes the limits, and tells what schema.graphql says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema } from 'graphql';
import { root, start } from './server.mjs';

let url;
before(async () => {
  url = `${await start()}/graphql`;
});

/** The standard query, as it is; and with all that editors such as GraphiQL ask beside. */
const forms = {
  standard: {},
  'with all options': {
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  },
  'without descriptions': { descriptions: false },
};

for (const [name, options] of Object.entries(forms)) {
  test(`introspection, ${name}`, async () => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: getIntrospectionQuery(options), operationName: 'IntrospectionQuery' }),
    });
    assert.equal(response.status, 200);
    const { data, errors } = await response.json();
    assert.equal(errors, undefined);
    // Of the schema as a whole there is a description to ask for, and none in the file.
    delete data.__schema.description;
    const written = buildSchema(readFileSync(join(root, 'schema.graphql'), 'utf8'));
    // The file leaves out where a scalar is specified.
    const print = (schema) => printSchema(lexicographicSortSchema(schema)).replace(/ @specifiedBy\(url: "[^"]*"\)/g, '');
    if (options.descriptions !== false) assert.equal(print(buildClientSchema(data)), print(written));
  });
}
