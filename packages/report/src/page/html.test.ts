// Tests that texts are escaped in HTML and in scripts.

import { expect, it } from "vitest";
import { html, scriptJson } from "./html.ts";

it("html escapes texts, and inserts markup and lists of markup as they are", () => {
  const name = `<img src=x onerror="a('b')">&`;
  expect(html`<p title="${name}">${[html`<b>${1}</b>`, null, undefined, false]}</p>`.text).toBe(
    '<p title="&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;"><b>1</b></p>',
  );
});

it("html shows control characters and changes of direction as codes", () => {
  expect(html`${"a\u202eb\n"}`.text).toBe("a\\u{202e}b\\x0a");
});

it("scriptJson has no tag that could end the script, and keeps its value", () => {
  const value = { name: "</script><!--<script>" };
  expect(scriptJson(value).text).not.toContain("<");
  expect(JSON.parse(scriptJson(value).text)).toEqual(value);
});
