import { defineConfig } from 'vite';

// The page is served at .../graphql and its files under .../graphql/static/, wherever the app is mounted:
// so the page's own links are relative to its last path segment, and the files find each other relatively.
const renderBuiltUrl = (file, { hostType }) => (hostType === 'html' ? `graphql/static/${file}` : { relative: true });

// Libraries mark files for React's server components; there is no server here, so that the mark gets lost says nothing.
const onLog = (level, log, report) => log.code === 'MODULE_LEVEL_DIRECTIVE' || report(level, log);

export default defineConfig({
  experimental: { renderBuiltUrl },
  worker: { format: 'es' },
  build: {
    assetsDir: '.',
    assetsInlineLimit: 0, // every font, icon and image is a file, so that the policy needs no `data:` for fonts
    chunkSizeWarningLimit: 5000, // Monaco is that large
    emptyOutDir: true,
    outDir: '../graph/static',
    rolldownOptions: { onLog },
    target: 'es2022',
  },
});
