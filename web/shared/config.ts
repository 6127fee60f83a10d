/** What differs from stage to stage: `config.json`, which stands beside the pages. */

export interface Issuer {
  authority: string;
  client_id: string;
  scope: string;
}

export interface Config {
  /** Who signs people in, by role. */
  sign_in: Record<"member" | "operator", Issuer>;
  /** How many decimals amounts of a currency have, where it is not two. */
  decimals: Record<string, number>;
}

export async function loadConfig(): Promise<Config> {
  const answer = await fetch("/config.json");
  if (!answer.ok) throw new Error(`config.json: ${answer.status}`);
  return answer.json();
}
