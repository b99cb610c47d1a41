import { Monitor, Moon, Sun } from 'lucide-preact';
import { Menu } from '../ui/menu.tsx';
import { chooseTheme, themeChoice } from '../ui/theme.ts';

const THEMES = { system: ['As the system', Monitor], light: ['Light', Sun], dark: ['Dark', Moon] } as const;

/** Light, dark, or as the system is. */
export function ThemeMenu() {
  const choice = themeChoice.value;
  const [, Icon] = THEMES[choice];
  return (
    <Menu
      label={`Theme: ${THEMES[choice][0].toLowerCase()}`}
      trigger={<Icon class="icon" aria-hidden="true" />}
      items={(['system', 'light', 'dark'] as const).map((name) => {
        const [title, ItemIcon] = THEMES[name];
        return { title, icon: <ItemIcon class="icon" aria-hidden="true" />, onChoose: () => chooseTheme(name) };
      })}
    />
  );
}
