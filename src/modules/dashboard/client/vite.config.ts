import { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Below that a compressed answer saves nothing. */
const WORTH_IT = 1000;

/** Text is compressed once, here, and not for each request. */
const precompressed: Plugin = {
  name: 'precompressed',
  enforce: 'post',
  generateBundle: {
    // Vite itself changes the code as late as this.
    order: 'post',
    async handler(_options, bundle) {
      const files = Object.values(bundle).filter(({ fileName }) => /\.(js|css|svg)$/.test(fileName));
      await Promise.all(
        files.map(async (file) => {
          const source = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          if (source.length < WORTH_IT) return;
          const [br, gz] = await Promise.all([
            promisify(brotliCompress)(source, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
            promisify(gzip)(source, { level: 9 }),
          ]);
          this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source: br });
          this.emitFile({ type: 'asset', fileName: `${file.fileName}.gz`, source: gz });
        }),
      );
    },
  },
};

/** The dashboard: built into dist/client, from where the master hands it out. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [precompressed],
  build: {
    outDir: '../../../../dist/client',
    emptyOutDir: true,
    target: ['chrome120', 'firefox121', 'safari17'],
    modulePreload: { polyfill: false },
    // The policy of the page allows no data: in styles and scripts.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
