/**
 * tslab puts `exports.` before names that an earlier cell made, and gets two cases wrong. Both are spelled in another way before it sees a cell:
 * - `{ model }`, short for `{ model: model }`, stayed as it was, and the cell ended with "model is not defined";
 * - `const { loss: last } = result` with a `result` of an earlier cell: the property's name was taken for a variable of that cell. It is quoted.
 */
'use strict';

/** The same program with every short property spelled out, also where a pattern takes values apart, and with the renamed properties of a pattern quoted. */
function spelledOut(source, typescript) {
  const { SyntaxKind, ScriptTarget, createSourceFile, forEachChild } = typescript;
  if (!source.includes('{')) return source;
  const file = createSourceFile('cell.ts', source, ScriptTarget.Latest, false);
  const changes = [];
  const visit = (node) => {
    if (node.kind === SyntaxKind.ShorthandPropertyAssignment) changes.push({ name: node.name, write: (name) => `${name}: ${name}` });
    if (node.kind === SyntaxKind.BindingElement && node.propertyName?.kind === SyntaxKind.Identifier)
      changes.push({ name: node.propertyName, write: (name) => `"${name}"` });
    forEachChild(node, visit);
  };
  visit(file);
  // From the last to the first, so that no place moves before its turn.
  return changes.reverse().reduce((text, { name, write }) => {
    const place = name.getStart(file);
    return text.slice(0, place) + write(name.text) + text.slice(name.end);
  }, source);
}

/** A converter of tslab that spells properties out. What it says of a mistake still names the columns that the reader typed. */
function spellingOut(converter, typescript) {
  const convert = converter.convert.bind(converter);
  converter.convert = (before, source) => {
    const full = spelledOut(source, typescript);
    const converted = convert(before, full);
    return full !== source && converted.diagnostics.length > 0 ? convert(before, source) : converted;
  };
  return converter;
}

module.exports = { spelledOut, spellingOut };
