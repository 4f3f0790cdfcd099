const LOOPBACK_PORT = /^(http:\/\/(?:127\.0\.0\.1|\[::1\])):\d{1,5}(?=[/?]|$)/;
const LOOPBACKS: readonly string[] = ["127.0.0.1", "[::1]"];

/**
 * Why an app may not be registered with this redirect URI; undefined when it may. HTTPS for what runs
 * on a server or in a browser; for what runs on people's own machines also the loopback address and a
 * scheme of the app's own (RFC 8252, sections 7 and 8.4).
 */
export function problemOfRedirectUri(
  text: string,
  { isPublic }: { isPublic: boolean },
): string | undefined {
  if (!/^[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+$/.test(text) || !URL.canParse(text)) {
    return "Must be an absolute address.";
  }
  const url = new URL(text);
  if (text.includes("#")) return "Must not have a fragment.";
  if (url.username !== "" || url.password !== "") return "Must not have a user name or password.";
  if (url.protocol === "https:" || url.protocol === "http:") {
    if (!text.startsWith(`${url.protocol}//`)) return "Must be an absolute address.";
    if (!/^(?:[a-z\d.-]+|\[::1\])$/.test(url.hostname)) return "Must name one host.";
    if (url.protocol === "https:" || LOOPBACKS.includes(url.hostname)) return undefined;
    return "Must be https, or http to 127.0.0.1 or [::1].";
  }
  if (!isPublic) return "Must be https: only a public client has a scheme of its own.";
  if (!/^[a-z][a-z\d+-]*(?:\.[a-z\d+-]+)+:\/[^/]?/.test(text)) {
    return "A scheme of its own is a domain name turned round, as in com.example.app:/done.";
  }
  return undefined;
}

/**
 * Whether an app that was registered with these is answered there: character for character, but for the
 * port of a loopback address, which an app gets from its machine each time (RFC 8252, section 7.3).
 */
export function isRegistered(uri: string, registered: readonly string[]): boolean {
  if (registered.includes(uri)) return true;
  if (!LOOPBACK_PORT.test(uri) || !URL.canParse(uri)) return false;
  const wanted = uri.replace(LOOPBACK_PORT, "$1");
  return registered.some((known) => known.replace(LOOPBACK_PORT, "$1") === wanted);
}
