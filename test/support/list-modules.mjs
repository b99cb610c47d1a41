// Preloaded by tests (--import): writes the URL of each module that the process loads, ESM and CommonJS, one a line.
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const file = process.env.LIST_MODULES_TO;
registerHooks({
  load(url, context, next) {
    appendFileSync(file, `${url}\n`);
    return next(url, context);
  },
});
