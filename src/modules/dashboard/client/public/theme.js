// Before the first paint, so that no other theme flashes. A file of its own: the page allows no inline script.
let choice = null;
try {
  choice = localStorage.getItem('backupd.theme');
} catch {
  // A browser that keeps nothing shows what the system wants.
}
const isDark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
