/** This process's environment variables, with those that a command's flags set. */
export function readEnvironment(
  flags: Readonly<Record<string, string | undefined>> = {},
): Record<string, string | undefined> {
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  return { ...process.env, ...Object.fromEntries(given) };
}
