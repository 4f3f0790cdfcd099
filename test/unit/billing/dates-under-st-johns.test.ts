import { testDatesUnder } from "./server-zones.ts";

await testDatesUnder("America/St_Johns", 210);
