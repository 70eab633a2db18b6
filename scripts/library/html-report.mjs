/**
 * Notebooks as pages to read without Jupyter: links among them lead from page to page, other relative ones into this clone, and index.html names
 * them all. A page opens from the disk and fetches nothing.
 */
import fs from 'node:fs';
import path from 'node:path';
import { passThrough } from './children.mjs';
import { jupyterEnvironment, notebooks, python } from './paths.mjs';

const SIGNS = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };
const unescaped = (text) => text.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, sign) => SIGNS[sign]);
const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
const pageOf = (file) => `${path.basename(file, '.ipynb')}.html`;

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const idsIn = (html) => [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => unescaped(id));

/** The id that a link means. nbconvert writes some signs of a heading as %XX, JupyterLab's links others: a browser would not find it. */
const meantId = (fragment, ids) => ids.find((id) => id === fragment) ?? ids.find((id) => decoded(id) === decoded(fragment));

/** Where a link of a notebook leads from its page in `folder`. `ids`: of each page that is there. */
function linkFrom(page, href, { folder, ids }) {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(href)) return href;
  const [file, ...rest] = href.split('#');
  const fragment = rest.join('#');
  const meant = path.resolve(notebooks, decoded(file));
  const inSet = path.dirname(meant) === notebooks && meant.endsWith('.ipynb') && ids.has(pageOf(meant));
  if (file !== '' && !inSet) {
    const moved = path.relative(folder, meant).split(path.sep).map(encodeURIComponent).join('/');
    return fragment ? `${moved}#${fragment}` : moved;
  }
  const target = file === '' ? page : pageOf(meant);
  const id = fragment && meantId(fragment, ids.get(target));
  if (file === '') return id ? `#${id}` : href;
  return id ? `${target}#${id}` : target;
}

/** A page with its links turned; scripts are left as they are. */
function withLinks(page, html, place) {
  const turned = (markup) =>
    markup.replace(/(<a\b[^>]*?\shref=")([^"]*)"/g, (_, before, href) => `${before}${escaped(linkFrom(page, unescaped(href), place))}"`);
  const parts = html.split(/(<script\b[\s\S]*?<\/script>)/);
  return parts.map((part, at) => (at % 2 === 0 ? turned(part) : part)).join('');
}

const WAY_BACK =
  '<nav style="margin: 8px 15px 16px"><a href="index.html" style="color: #0550ae; text-decoration: underline">All notebooks</a></nav>';

/** What the index says of a page: its first heading, the paragraph below it, and the question where it asks one. */
function entryOf(page, html) {
  const body = html.slice(html.indexOf('<body'));
  const [, heading = '', below = ''] = /<h1\b[^>]*>([\s\S]*?)<\/h1>([\s\S]*?)(?=<h[1-6]\b|$)/.exec(body) ?? [];
  const plain = (text) => text.replace(/<a class="anchor-link"[\s\S]*?<\/a>/g, '').replace(/<(?!\/?(?:strong|em|code)>)[^>]*>/g, '');
  const [first, ...more] = [...below.matchAll(/<p>([\s\S]*?)<\/p>/g)].map(([, paragraph]) => plain(paragraph));
  const question = more.find((paragraph) => paragraph.startsWith('<strong>What it asks.'));
  return { page, title: plain(heading).trim() || page, about: [first, question].filter(Boolean) };
}

const STYLE = `
  :root { color-scheme: light dark; --page: #ffffff; --words: #1b1f24; --soft: #57606a; --line: #d0d7de; --link: #0550ae; }
  @media (prefers-color-scheme: dark) {
    :root { --page: #15181c; --words: #e6e9ec; --soft: #a3acb5; --line: #3a4149; --link: #7db8ff; }
  }
  body { margin: 0; background: var(--page); color: var(--words); font: 17px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
  main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
  h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 0.75rem; }
  section { border-top: 1px solid var(--line); padding: 1rem 0 0.25rem; }
  h2 { font-size: 1.2rem; margin: 0 0 0.4rem; }
  p { margin: 0 0 0.6rem; }
  section p { color: var(--soft); }
  a { color: var(--link); }
  code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 0.9em; overflow-wrap: anywhere; }`;

function indexPage(entries) {
  const sections = entries.map(
    ({ page, title, about }) => `<section>
<h2><a href="${escaped(encodeURIComponent(page))}">${title}</a></h2>
${about.map((paragraph) => `<p>${paragraph}</p>`).join('\n')}
</section>`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Five machine-learning reports, reproduced</title>
<style>${STYLE}
</style>
</head>
<body>
<main>
<h1>Five machine-learning reports, reproduced</h1>
<p>The notebooks with their outputs, each as one page. Figures are still pictures here; in JupyterLab they are interactive. Links to sources lead into the clone that this folder was made in.</p>
${sections.join('\n')}
</main>
</body>
</html>
`;
}

/** Turns notebooks into pages of `folder` and writes its index.html; the exit code of the converter. */
export async function writeHtmlReport(files, folder) {
  // No script from a network: figures are in the page as pictures, formulas as their source.
  const offline = ['mathjax_url', 'require_js_url', 'jquery_url', 'mermaid_js_url'].map((name) => `--HTMLExporter.${name}=`);
  const words = ['-m', 'nbconvert', '--to', 'html', '--log-level=ERROR', ...offline, '--output-dir', folder, ...files];
  const code = await passThrough(python, words, { env: jupyterEnvironment() });
  if (code !== 0) return code;
  const pages = new Map(files.map((file) => [pageOf(file), fs.readFileSync(path.join(folder, pageOf(file)), 'utf8')]));
  const ids = new Map([...pages].map(([page, html]) => [page, idsIn(html)]));
  const entries = [...pages].map(([page, html]) => entryOf(page, html));
  for (const { page, title } of entries) {
    const titled = pages.get(page).replace(/<title>[^<]*<\/title>/, () => `<title>${title.replace(/<[^>]*>/g, '')}</title>`);
    const linked = withLinks(page, titled, { folder, ids });
    fs.writeFileSync(
      path.join(folder, page),
      linked.replace('<main>', () => `<main>\n${WAY_BACK}`),
    );
  }
  fs.writeFileSync(path.join(folder, 'index.html'), indexPage(entries));
  return 0;
}
