/** What the API takes and answers, as its document has it (`npm run types` writes `build/api.d.ts`). */

import type * as api from "../../build/api";

export type * from "../../build/api";

export type Bound = api.BoundShown;
export type Entry = api.EntryShown;
export type Gift = api.GiftShown;
export type Invite = api.InviteShown;
export type Progress = api.ProgressShown;
export type Queue = api.QueueShown;
export type Redemption = api.RedemptionShown;
export type Team = api.TeamShown;
export type TeamPerson = api.PersonShown;
export type Wallet = api.WalletShown;
export type Withdrawal = api.WithdrawalShown;
export type Wording = api.WordingShown;

/** Settings have a schema of their own, by which their forms are made. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Document = { [key: string]: Json };

export type SettingsPlanned = Omit<api.PlannedShown, "settings"> & { settings: Document };
export type SettingsShown = Omit<api.SettingsShown, "settings" | "planned"> & {
  settings: Document;
  planned: SettingsPlanned | null;
};
export type SettingsVersion = Omit<api.SettingsSaved, "changed"> & {
  changed: { path: string; before: Json; after: Json }[];
};
