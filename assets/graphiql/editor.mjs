// The editor's page: GraphiQL over the /graphql beside it.
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { GraphiQL } from 'graphiql';
import 'graphiql/graphiql.css';
import './page.css';

const welcome = `# Ask for automations that people published.
# Ctrl-Enter runs the query, Ctrl-Space completes it.
# The book at the left is the schema.
# An operator's token goes under Headers:
# { "Authorization": "Bearer ..." }

query Lamps($text: String = "lamp") {
  search(text: $text, perPage: 5) {
    total
    results {
      alias
      triggerTypes
      repository { fullName }
      githubUrl
    }
  }
}
`;

/** One request. The answer is shown whatever its status: errors are answers too. */
async function fetcher(request, options) {
  const response = await fetch('graphql', {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
      ...options?.headers,
    },
    body: JSON.stringify(request),
  });
  return response.json();
}

createRoot(document.getElementById('graphiql')).render(
  // Headers may hold an operator's token: they are not kept in the browser.
  createElement(GraphiQL, { fetcher, defaultQuery: welcome, shouldPersistHeaders: false }),
);
