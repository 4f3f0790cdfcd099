/** The value of one cookie in a `Cookie` header, as it was sent. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? "").split(";")) {
    const [key, ...value] = pair.trim().split("=");
    if (key === name) return value.join("=");
  }
  return undefined;
}

/**
 * A `Set-Cookie` header of a cookie that scripts cannot read. `Lax`: it comes along when another site
 * sends the browser back to us, and with nothing else that other sites ask for.
 *
 * @param value without semicolons, commas and spaces; "" removes the cookie
 */
export function laxCookie(
  name: string,
  value: string,
  { path, maxAgeMs, isSecure }: { path: string; maxAgeMs: number; isSecure: boolean },
): string {
  const seconds = value === "" ? 0 : Math.ceil(maxAgeMs / 1_000);
  const secure = isSecure ? "; Secure" : "";
  return `${name}=${value}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
}
