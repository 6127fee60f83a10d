/** An operator's highest role, as the token has it; the API alone decides by it. */

import type { Session } from "../shared/session";

/** From the least to the highest: each may do what those before it may. */
export const ROLES: readonly string[] = ["viewer", "support", "finance", "admin"];

export async function roleOf(session: Session): Promise<string | null> {
  const { Authorization = "" } = await session.headers();
  const [, claims = ""] = Authorization.split(".");
  if (!claims) return null;
  const bytes = Uint8Array.from(atob(claims.replaceAll("-", "+").replaceAll("_", "/")), (each) =>
    each.charCodeAt(0),
  );
  const said = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  const groups = [said["cognito:groups"] ?? said.groups ?? []].flat();
  return ROLES.findLast((role) => groups.includes(role)) ?? null;
}
