import { testDatesUnder } from "./server-zones.ts";

await testDatesUnder("Pacific/Auckland", -780);
