/**
 * `{ model }` for `{ model: model }`, in a cell, of a `model` that an earlier cell made: tslab turns names of earlier cells into its own, but not
 * this one, and the cell ended with "model is not defined". The short form is spelled out before tslab sees the cell.
 */
'use strict';

/** The same program with every short property spelled out. Also right where a pattern takes values apart: `({ a = 1 } = object)`. */
function spelledOut(source, typescript) {
  const { SyntaxKind, ScriptTarget, createSourceFile, forEachChild } = typescript;
  if (!source.includes('{')) return source;
  const names = [];
  const visit = (node) => {
    if (node.kind === SyntaxKind.ShorthandPropertyAssignment) names.push(node.name);
    forEachChild(node, visit);
  };
  const file = createSourceFile('cell.ts', source, ScriptTarget.Latest, false);
  visit(file);
  // From the last to the first, so that no place moves before its turn.
  return names.reverse().reduce((text, name) => {
    const place = name.getStart(file);
    return `${text.slice(0, place)}${name.text}: ${text.slice(place)}`;
  }, source);
}

/** A converter of tslab that spells short properties out. What it says of a mistake still names the columns that the reader typed. */
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
