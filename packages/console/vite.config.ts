import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));

/** `THIMBLE_API`: the server that the development server passes /api on to. */
export default defineConfig({
  root,
  plugins: [react()],
  server: { proxy: { '/api': process.env['THIMBLE_API'] ?? 'http://127.0.0.1:8080' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy allows no inline script, which the polyfill would be.
    modulePreload: { polyfill: false },
    // Files that are small enough would become data: URLs, which the policy does not allow either.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      // The protocol's modules only declare schemas: without this, every schema and TypeBox itself would be shipped for
      // the sake of one constant.
      treeshake: { moduleSideEffects: (id: string) => !id.includes('/protocol/') && !id.includes('/typebox/') },
    },
  },
});
