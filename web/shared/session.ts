/** Who uses the pages: one signs in at the stage's issuer (authorization code with PKCE). */

import type { UserManager } from "oidc-client-ts";
import type { Config, Issuer } from "./config";
import { locale } from "./i18n";
import { forget, keep, recall } from "./storage";

export type Role = "member" | "operator";

export interface Session {
  role: Role;
  name: string;
  headers(): Promise<Record<string, string>>;
  signOut(): Promise<void>;
}

interface Claims {
  access_token: string;
  expires_at?: number;
  profile?: Record<string, unknown>;
}

/**
 * As whom one signs in on the page that is open: merchants are members who hold stores. The page
 * that the issuer leads operators back to is the desk, too.
 */
export const roleHere = (): Role =>
  /^\/(desk|signed-in\/operator)(?![^/])/.test(location.pathname) ? "operator" : "member";

const BACK = "/signed-in";
const SPARE_SECONDS = 30;

/** Return who is signed in in a role, or null. */
export async function signedIn(config: Config, role: Role): Promise<Session | null> {
  const issuer = config.sign_in[role];
  const held = await tokenOf(issuer, role);
  return held && withToken(issuer, role, held);
}

/** Lead to where one signs in in a role, and then back to here, or to another page. */
export async function signIn(config: Config, role: Role, back?: string): Promise<void> {
  const manager = await managerOf(config.sign_in[role], role);
  const state = back ?? location.pathname + location.search;
  await manager.signinRedirect({ state, ui_locales: locale() });
}

/** Take the answer of the issuer, where the address holds one; return where one came from. */
export async function answered(config: Config): Promise<string | null> {
  if (!location.pathname.startsWith(BACK)) return null;
  const role = location.pathname.endsWith("operator") ? "operator" : "member";
  const manager = await managerOf(config.sign_in[role], role);
  const user = await manager.signinRedirectCallback();
  return typeof user.state === "string" ? user.state : "/";
}

function withToken(issuer: Issuer, role: Role, first: Claims): Session {
  const { member_id, name, preferred_username, email, sub } = first.profile ?? {};
  return {
    role,
    name: String(name ?? preferred_username ?? email ?? member_id ?? sub ?? ""),
    headers: async () => {
      const held = await tokenOf(issuer, role);
      return held ? { Authorization: `Bearer ${held.access_token}` } : {};
    },
    signOut: async () => {
      const manager = await managerOf(issuer, role);
      await manager.removeUser();
      await manager.signoutRedirect().catch(() => undefined);
    },
  };
}

/**
 * Return a token that is still good. The library, which is large, is loaded only where one has to
 * be asked for.
 */
async function tokenOf(issuer: Issuer, role: Role): Promise<Claims | null> {
  const held = recall(storedAt(issuer));
  if (held === null) return null;
  const claims: Claims = JSON.parse(held);
  if ((claims.expires_at ?? 0) > Date.now() / 1000 + SPARE_SECONDS) return claims;
  const manager = await managerOf(issuer, role);
  return manager.signinSilent().catch(() => null);
}

const storedAt = ({ authority, client_id }: Issuer): string =>
  `oidc.user:${authority}:${client_id}`;

async function managerOf(issuer: Issuer, role: Role): Promise<UserManager> {
  const oidc = await import("oidc-client-ts");
  const store = {
    get length() {
      return 0;
    },
    clear: () => undefined,
    key: () => null,
    getItem: recall,
    setItem: keep,
    removeItem: forget,
  };
  return new oidc.UserManager({
    ...issuer,
    redirect_uri: `${location.origin}${BACK}/${role}`,
    post_logout_redirect_uri: `${location.origin}${role === "operator" ? "/desk" : "/"}`,
    userStore: new oidc.WebStorageStateStore({ store }),
    stateStore: new oidc.WebStorageStateStore({ store }),
    automaticSilentRenew: false,
  });
}
