/** Days of draws: what was committed to before, and the seed that was shown after. */

import { useAnswer } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import type { Draws } from "../../shared/types";
import { type Column, DataTable } from "../parts/data-table";
import { Answered, Head } from "../parts/page";
import { Id } from "../parts/words";
import { useShop } from "../shop";

type Day = Draws["days"][number];

export default function DrawsView() {
  const { ask } = useShop();
  const answer = useAnswer<Draws>((signal) => ask("GET", "draws", { signal }), []);
  const columns: Column<Day>[] = [
    { key: "day", title: t("desk.day"), of: ({ day }) => day },
    {
      key: "commitment",
      title: t("desk.commitment"),
      of: ({ commitment }) => commitment,
      show: ({ commitment }) => <Id of={commitment} />,
    },
    {
      key: "seed",
      title: t("desk.seed"),
      of: ({ seed }) => seed,
      show: ({ seed }) => (seed === null ? t("desk.seed_later") : <Id of={seed} />),
    },
    { key: "late", title: t("desk.late"), of: ({ late }) => (late ? t("desk.late") : null) },
  ];
  return (
    <>
      <Head title={t("desk.draws")} lead={t("desk.draws_lead")} at={answer.at} />
      <Answered answer={answer}>
        {({ days }) => (
          <DataTable
            name={t("desk.draws")}
            columns={columns}
            rows={days}
            keyOf={({ day }) => day}
            none={t("desk.no_draws")}
          />
        )}
      </Answered>
    </>
  );
}
