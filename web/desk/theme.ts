/** Colours of the desk in both themes, and which components of Ant Design it uses. */

import type { ThemeConfig, theme as antdTheme } from "antd";

export const LIGHT = "light";
export const DARK = "dark";

/** A component that is not named here has no style: `tests/pages` looks for such. */
export const USED = [
  "Alert",
  "Button",
  "Card",
  "Checkbox",
  "Collapse",
  "Descriptions",
  "Drawer",
  "Empty",
  "Form",
  "Input",
  "InputNumber",
  "Layout",
  "Menu",
  "Modal",
  "Pagination",
  "Segmented",
  "Select",
  "Skeleton",
  "Space",
  "Spin",
  "Statistic",
  "Steps",
  "Switch",
  "Table",
  "Tabs",
  "Tag",
  "Timeline",
  "Tooltip",
  "Typography",
];

export function themes(theme: typeof antdTheme): Record<typeof LIGHT | typeof DARK, ThemeConfig> {
  const shared = { hashed: false, zeroRuntime: false };
  const font =
    "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif";
  return {
    light: {
      ...shared,
      algorithm: theme.defaultAlgorithm,
      cssVar: { key: LIGHT },
      token: {
        colorPrimary: "#0b6b5d",
        colorLink: "#0b6b5d",
        colorPrimaryBg: "#e4f0ed",
        colorSuccessBg: "#eaf6e3",
        colorWarningBg: "#fdf3dc",
        colorErrorBg: "#fdeceb",
        colorInfoBg: "#e6f1fc",
        colorSuccess: "#2b6a10",
        colorWarning: "#875400",
        colorError: "#b3261e",
        colorInfo: "#0b5cad",
        colorTextTertiary: "#5c6562",
        colorTextQuaternary: "#6b7370",
        colorTextDescription: "#5c6562",
        colorTextPlaceholder: "#6b7370",
        fontFamily: font,
      },
    },
    dark: {
      ...shared,
      algorithm: theme.darkAlgorithm,
      cssVar: { key: DARK },
      token: {
        colorPrimary: "#1f8070",
        colorLink: "#6fd3c1",
        colorSuccess: "#8fd873",
        colorWarning: "#e8b04b",
        colorError: "#f0958b",
        colorInfo: "#7ab6f5",
        colorTextTertiary: "#a3adaa",
        colorTextDescription: "#a3adaa",
        colorTextPlaceholder: "#8f9996",
        fontFamily: font,
      },
      components: {
        Button: { dangerColor: "#2a0f0d" },
        Menu: { itemSelectedColor: "#8fe0d0" },
        Pagination: { itemActiveColor: "#8fe0d0" },
        Tabs: { itemSelectedColor: "#8fe0d0", itemHoverColor: "#8fe0d0" },
      },
    },
  };
}
