import { signal } from '@preact/signals';

export type ThemeChoice = 'system' | 'light' | 'dark';

/** As `theme.js` reads it before the first paint. */
const KEY = 'backupd.theme';
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

export const themeChoice = signal<ThemeChoice>(kept());
/** What is shown. */
export const theme = signal<'light' | 'dark'>(shown(themeChoice.value));

systemIsDark.addEventListener('change', () => {
  show(shown(themeChoice.value));
});

/** Chooses, and remembers it in this browser. */
export function chooseTheme(choice: ThemeChoice): void {
  themeChoice.value = choice;
  show(shown(choice));
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // A browser that keeps nothing: the choice holds for this page.
  }
}

function show(next: 'light' | 'dark'): void {
  document.documentElement.dataset['theme'] = next;
  theme.value = next;
}

function shown(choice: ThemeChoice): 'light' | 'dark' {
  return choice === 'system' ? (systemIsDark.matches ? 'dark' : 'light') : choice;
}

function kept(): ThemeChoice {
  try {
    const choice = localStorage.getItem(KEY);
    return choice === 'light' || choice === 'dark' ? choice : 'system';
  } catch {
    return 'system';
  }
}
