// How the window is built. `--mode fake` builds it over `host/fake.ts`, so that it runs in a browser without Rust.
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig(({ mode }) => ({
  plugins: [svelte(), svelteTesting()],
  clearScreen: false,
  // Relative, so that the same folder is served by Tauri's own scheme and by any file server.
  base: './',
  resolve: {
    alias: { '#host': source(mode === 'fake' ? 'src/host/open.fake.ts' : 'src/host/open.ts') },
  },
  server: { host: '127.0.0.1', watch: { ignored: ['**/src-tauri/**', '**/target/**'] } },
  build: {
    // WebKitGTK of Debian 12 and the system WebView of macOS 13.
    target: 'safari16',
    sourcemap: false,
    // A fake build must never be what Tauri embeds.
    outDir: mode === 'fake' ? 'dist-fake' : 'dist',
    // Scripts and styles inlined into the page would be refused by the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
  },
}));
