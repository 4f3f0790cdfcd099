import { median, printFigure, round, tell } from "../report.ts";
import type { BenchServer } from "../server.ts";
import { assertSameNight, fingerprintNight, type Fingerprint } from "./fingerprint.ts";
import { inGroups, inLanes } from "./lanes.ts";
import { generateByOurs } from "./ours.ts";
import { NIGHT, NIGHT_DATA } from "./seed.ts";
import { onCopy, withConnection } from "./seeded.ts";
import { generateBySet } from "./set-based.ts";

/** Companies in one statement of the set-based peer: of 1, 5, 10, 20 and 200, none was quicker. */
const COMPANIES_PER_STATEMENT = 10;

const SIDES = {
  setBased: inGroups(COMPANIES_PER_STATEMENT, (sql, ids) => generateBySet(sql, ids, NIGHT)),
  ours: generateByOurs,
};
type Side = keyof typeof SIDES;

/**
 * Our night beside the same rows written by set-based statements, by turns, each on a fresh copy of
 * the same book. Fails when the two wrote different rows. Returns our median seconds.
 */
export async function measureDirect(
  server: BenchServer,
  template: string,
  {
    series,
    connections,
    repetitions,
  }: { series: number; connections: number; repetitions: number },
): Promise<number> {
  const seconds: Record<Side, number[]> = { setBased: [], ours: [] };
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const written: [Side, Fingerprint][] = [];
    for (const side of ["setBased", "ours"] as const) {
      await onCopy(server, template, async (url) => {
        const took = await inLanes(url, connections, SIDES[side]);
        seconds[side].push(took);
        tell(`${series} series, ${connections} connections, ${side}: ${round(took)} s`);
        written.push([side, await withConnection(url, fingerprintNight)]);
      });
    }
    assertSameNight(written);
  }
  const perSecond = (values: number[]) => round(series / median(values));
  printFigure({
    name: `night.share-of-set-based.${series}.${connections}-connections`,
    value: median(seconds.setBased) / median(seconds.ours),
    unit: "ratio",
    target: { atLeast: 0.5 },
    sides: {
      oursPerSecond: perSecond(seconds.ours),
      setBasedPerSecond: perSecond(seconds.setBased),
      oursSeconds: seconds.ours.map(round),
      setBasedSeconds: seconds.setBased.map(round),
    },
    settings: {
      series,
      connections,
      repetitions,
      order: "by turns, each on a fresh copy; lanes split by company",
      data: NIGHT_DATA,
      companiesPerSetBasedStatement: COMPANIES_PER_STATEMENT,
      sameRows: "number and checksum of the rows of 8 tables compared after each repetition",
      postgres: server.settings,
    },
  });
  return median(seconds.ours);
}
