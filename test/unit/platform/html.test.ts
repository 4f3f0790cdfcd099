import { assert, constantFrom, property, array, string, oneof } from "fast-check";
import { expect, test } from "vitest";
import { problemOfCss, sanitizeHtml, textOfHtml } from "../../../src/platform/html.ts";

test("formatted text stays as it is", () => {
  const html =
    '<h2 style="color:#1d4f7c;text-align:center">Acme &amp; Sons</h2><p>Call <a href="tel:+4930">us</a><br />today</p>' +
    '<table><tr><td colspan="2">IBAN</td></tr></table>';
  expect(sanitizeHtml(html)).toBe(html);
});

test.for([
  ["<script>alert(1)</script>Hello", "Hello"],
  ["<img src=x onerror=alert(1)>Hello", "Hello"],
  ['<p onclick="alert(1)">Hello</p>', "<p>Hello</p>"],
  ['<a href="javascript:alert(1)">Hello</a>', "<a>Hello</a>"],
  ['<a href="jAvA\tscript:alert(1)">Hello</a>', "<a>Hello</a>"],
  ['<a href="//evil.example">Hello</a>', "<a>Hello</a>"],
  ["<style>body{display:none}</style>Hello", "Hello"],
  ['<p style="background:url(https://evil.example/x)">Hello</p>', "<p>Hello</p>"],
  ['<p style="position:fixed;color:red">Hello</p>', '<p style="color:red">Hello</p>'],
  ['<iframe src="https://evil.example"></iframe>Hello', "Hello"],
  ['<form action="https://evil.example"><input name="card"></form>Hello', "Hello"],
  ["<svg><textarea><img src=x onerror=alert(1)></textarea></svg>Hello", "Hello"],
  ["<math><xmp><img src=x onerror=alert(1)></xmp></math>Hello", "Hello"],
  ["<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>", "<p></p>"],
  ["<!-- <p>Hello</p> --><p>Hi</p>", "<p>Hi</p>"],
  ["<p>a < b & c", "<p>a &lt; b &amp; c</p>"],
] as const)("%s is harmless afterwards", ([html, expected]) => {
  expect(sanitizeHtml(html)).toBe(expected);
});

const TAG = /<\/?([a-z0-9]+)((?:\s[a-z]+="[^"]*")*)(?:\s\/)?>/g;
const ATTRIBUTE = /\s([a-z]+)="([^"]*)"/g;
const FORMATTING = /^(?:p|a|b|i|u|s|br|hr|h[1-6]|em|li|ul|ol|td|th|tr|div|span|sub|sup)$/;

test("whatever is sent, nothing that runs or loads is left", () => {
  const piece = oneof(
    constantFrom(
      "<script>",
      "</script>",
      "<svg>",
      "</svg>",
      "<math>",
      "<xmp>",
      "<textarea>",
      "<style>",
    ),
    constantFrom(
      "<img src=x onerror=y>",
      "<p style='color:red",
      "<a href='javascript:x'>",
      "<!--",
      "-->",
    ),
    constantFrom("<![CDATA[", "]]>", "&lt;script&gt;", "&#x3c;", "<", ">", '"', "'", "<p>", "</p>"),
    string({ maxLength: 6 }),
  );
  assert(
    property(array(piece, { maxLength: 20 }), (pieces) => {
      const safe = sanitizeHtml(pieces.join(""));
      const tags = [...safe.matchAll(TAG)];
      const attributes = tags.flatMap(([, , text = ""]) => [...text.matchAll(ATTRIBUTE)]);
      // Every < is a tag's, and every tag and attribute one of formatted text.
      expect(safe.replaceAll(TAG, "")).not.toContain("<");
      expect(tags.filter(([, name]) => !FORMATTING.test(name ?? ""))).toEqual([]);
      expect(attributes.filter(([, name]) => !/^(?:href|style)$/.test(name ?? ""))).toEqual([]);
      expect(attributes.filter(([, , value]) => /script:/i.test(value ?? ""))).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

test("the text of HTML is what a reader sees, line by line", () => {
  expect(
    textOfHtml(
      "<h2>Acme &amp; Sons</h2>\n<p>Bank:\n  IBAN 1<br />BIC &lt;2&gt;</p><ul><li>one</li><li>two</li></ul><table><tr><td>a</td><td>b</td></tr></table>",
    ),
  ).toBe("Acme & Sons\nBank: IBAN 1\nBIC <2>\n• one\n• two\na b");
  expect(textOfHtml("<p> </p>")).toBe("");
  expect(textOfHtml("&amp;lt;")).toBe("&lt;");
});

test("a style sheet that only styles is fine, one that does more is not", () => {
  for (const css of [
    "",
    "p { color: red; margin: 0 auto }",
    "@media print { .x::after { content: '→' } }",
  ]) {
    expect([css, problemOfCss(css)]).toEqual([css, undefined]);
  }
  for (const css of [
    "</style><script>alert(1)</script>",
    "@import 'https://evil.example/x.css';",
    "@im/**/port 'x'",
    "@font-face { src: local(x) }",
    "p { background: URL (https://evil.example/x) }",
    "p { background: u\\72l(x) }",
    "p { background: -webkit-image-set('x' 1x) }",
    "p { width: expression(alert(1)) }",
    "p { behavior: x }",
  ]) {
    expect([css, problemOfCss(css)]).toEqual([css, expect.any(String)]);
  }
});
