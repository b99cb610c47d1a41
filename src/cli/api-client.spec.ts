import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { ApiClient } from './api-client.js';

it.each([
  ['name must be text', [{ field: 'name', message: 'name must be text' }], 'name must be text'],
  ['it must be HH:MM', [{ field: 'quietHours.from', message: 'it must be HH:MM' }], 'it must be HH:MM'],
  [
    'The request is not valid.',
    [{ field: 'quietHours.from', message: 'it must be HH:MM' }, 'so it is'],
    'The request is not valid. (quietHours.from: it must be HH:MM; so it is)',
  ],
])('says what is wrong once: %s', async (detail, errors, text) => {
  const server = createServer((_, response) => {
    response.statusCode = 400;
    response.end(JSON.stringify({ code: 'REQUEST_INVALID', detail, errors }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const answer = new ApiClient(`http://127.0.0.1:${port}`, 'token').get('/x');
    await expect(answer).rejects.toMatchObject({ kind: 'usage', message: text });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
