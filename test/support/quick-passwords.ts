import type { PasswordCost } from "../../src/platform/passwords.ts";

/**
 * What a password costs where it is not what a test is about: no time at all. At the cost of the product
 * each registration takes a fifth of a second of a core, and there are many hundreds of them.
 */
export const QUICK_PASSWORDS: PasswordCost = { ln: 4, r: 8, p: 1 };
