import { Resolver } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { callbackify } from "node:util";
import { ProviderRejected } from "../errors.ts";
import { isReachable, rangeList, type AddressRange } from "./public-addresses.ts";

/** What an installation lets addresses be that its users give. */
export interface AddressRules {
  /** Not only https on its usual ports, but http too, and any port. */
  allowsHttp: boolean;
  /** Ranges that may be reached although they are not the public internet. */
  allowed: readonly AddressRange[];
}

export interface ResolvedAddress {
  address: string;
  family: 4 | 6;
}

/**
 * Keeps requests to addresses that users give away from what only we can reach (OWASP API7). The form
 * is judged by `problemOf`; where a name leads is judged by `lookup`, whose answer is the one that is
 * connected to: a name that changes its answer between a check and a connection gains nothing.
 */
export interface AddressGuard {
  /** What is wrong about an address, in words for whoever gave it. Undefined when it may be tried. */
  problemOf(url: URL): string | undefined;
  /** For `net.connect`, which does not ask for literal addresses: those are for `problemOf`. */
  lookup: LookupFunction;
}

/** The URL parser leaves the port of https out. */
const PORTS = ["", "8443"];
/** Addresses whose judgement is remembered. */
const JUDGED_MAX = 1_000;
const DNS_TIMEOUT_MS = 2_000;
const DNS_TRIES = 2;

/** @param resolve in place of DNS, for tests */
export function createAddressGuard(
  rules: AddressRules,
  resolve: (hostname: string) => Promise<ResolvedAddress[]> = resolveByDns,
): AddressGuard {
  const allowed = rangeList(rules.allowed);
  const judged = new Map<string, string | null>();

  function problemOf(url: URL): string | undefined {
    if (url.protocol !== "https:" && !(rules.allowsHttp && url.protocol === "http:")) {
      return rules.allowsHttp
        ? "Must begin with https:// or http://."
        : "Must begin with https://.";
    }
    if (url.username !== "" || url.password !== "") return "Must hold no user name or password.";
    if (!rules.allowsHttp && !PORTS.includes(url.port)) return "The port must be 443 or 8443.";
    // By now the parser has made one spelling of all: octal, hex, one number, full-width digits.
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
    return isIP(host) !== 0 && !isReachable(host, allowed)
      ? "The address is not on the public internet."
      : undefined;
  }

  async function resolveChecked(
    hostname: string,
  ): Promise<[ResolvedAddress, ...ResolvedAddress[]]> {
    const [first, ...others] = await resolve(hostname);
    if (first === undefined) throw new Error(`${hostname} has no address`);
    // One bad answer condemns the name: which of them is connected to is not ours to choose.
    if ([first, ...others].some(({ address }) => !isReachable(address, allowed))) {
      throw refused(`${hostname} leads to an address that is not on the public internet`);
    }
    return [first, ...others];
  }

  return {
    problemOf(url) {
      // The same for ever, and taking an address apart takes as long as a request to one that is near.
      const known = judged.get(url.href);
      if (known !== undefined) return known ?? undefined;
      if (judged.size === JUDGED_MAX) judged.clear();
      const problem = problemOf(url);
      judged.set(url.href, problem ?? null);
      return problem;
    },

    lookup(hostname, options, callback) {
      callbackify(resolveChecked)(hostname, (error, addresses) => {
        if (error !== null) callback(error, "");
        else if (options.all === true) callback(null, addresses);
        else callback(null, addresses[0].address, addresses[0].family);
      });
    },
  };
}

/** @throws ProviderRejected with the code `address_refused` */
export function assertAllowed(guard: AddressGuard, url: URL): void {
  const problem = guard.problemOf(url);
  if (problem !== undefined) throw refused(`${url.host}: ${problem}`);
}

function refused(message: string): ProviderRejected {
  return new ProviderRejected(message, { code: "address_refused" });
}

/**
 * By DNS itself and not by the system's resolver, which answers few names at a time for the whole
 * process: one name whose server is slow would hold up all others.
 */
async function resolveByDns(hostname: string): Promise<ResolvedAddress[]> {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
  const [v4, v6] = await Promise.allSettled([
    resolver.resolve4(hostname),
    resolver.resolve6(hostname),
  ]);
  if (v4.status === "rejected" && v6.status === "rejected") throw v4.reason;
  return [...addressesOf(v4, 4), ...addressesOf(v6, 6)];
}

function addressesOf(answer: PromiseSettledResult<string[]>, family: 4 | 6): ResolvedAddress[] {
  return answer.status === "fulfilled" ? answer.value.map((address) => ({ address, family })) : [];
}
