declare module "virtual:antd.css";

declare module "redoc/bundles/redoc.standalone.js" {
  export function init(address: string, options: object, into: Element | null): void;
}
