// The looks of the console: colours whose contrast was checked with axe in both schemes, one typeface.
import { type CSSVariablesResolver, createTheme } from "@mantine/core";

const HUES = ["teal", "blue", "red", "yellow", "orange", "gray", "grape"];

/** The cross has a name, and the head of a dialog is not that of the page. */
const DIALOG = { closeButtonProps: { "aria-label": "Close" }, attributes: { header: { role: "none" } } };
const DIALOG_STYLES = { title: { fontWeight: 650, overflowWrap: "anywhere" } } as const;

export const theme = createTheme({
  primaryColor: "teal",
  primaryShade: { light: 9, dark: 8 },
  autoContrast: true,
  luminanceThreshold: 0.3,
  defaultRadius: "md",
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Code', 'Source Code Pro', Menlo, Consolas, monospace",
  headings: { fontWeight: "650" },
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    // A word that is cut off says nothing.
    Badge: { styles: { root: { minWidth: "max-content" } } },
    Fieldset: { styles: { legend: { fontWeight: 650 } } },
    Modal: { defaultProps: DIALOG, styles: DIALOG_STYLES },
    Drawer: { defaultProps: DIALOG, styles: DIALOG_STYLES },
    // The placeholder is no item of a menu, and has no business in it.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
  },
});

/** Text on tinted backgrounds and dimmed text would miss WCAG AA in the stock theme. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "var(--mantine-color-gray-7)",
    // Links also stand on grey.
    "--mantine-color-anchor": "color-mix(in srgb, var(--mantine-color-teal-9), black 12%)",
    ...Object.fromEntries(
      HUES.map((hue) => [
        `--mantine-color-${hue}-light-color`,
        `color-mix(in srgb, var(--mantine-color-${hue}-9), black 45%)`,
      ]),
    ),
  },
  dark: {
    "--mantine-color-dimmed": "var(--mantine-color-dark-1)",
    // Of the library's own it is black, which looks like a hole.
    "--mantine-color-gray-light": "var(--mantine-color-dark-5)",
    "--mantine-color-gray-light-hover": "var(--mantine-color-dark-4)",
    "--mantine-color-teal-filled": "var(--mantine-color-teal-9)",
    "--mantine-color-teal-filled-hover": "var(--mantine-color-teal-8)",
  },
});
