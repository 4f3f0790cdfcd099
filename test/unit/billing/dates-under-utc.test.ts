import { testDatesUnder } from "./server-zones.ts";

await testDatesUnder("UTC", 0);
