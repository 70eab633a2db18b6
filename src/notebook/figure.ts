/** A figure in a cell: interactive, as a still picture, and in words, in one output; and its file. */
import { type Figure, figureWidth, PictureError, renderPng } from '../figures/index.js';
import { type ArtefactId, checkArtefactId, writeArtefact } from './artefacts.js';
import { type Bundle, inNotebook, send } from './output.js';

/** Shows a figure. With an artefact id it is also written as figures/<id>.png (real data, lesson or paper profile). */
export async function showFigure(figure: Figure, id?: ArtefactId): Promise<void> {
  if (id !== undefined) checkArtefactId(id);
  const bundle: Bundle = { 'text/plain': figure.description };
  const metadata: Record<string, unknown> = {};
  if (id !== undefined) metadata['paperlab'] = { artefact: id, provenance: figure.provenance ?? 'real' };
  if (inNotebook() || id !== undefined) {
    try {
      const picture = await renderPng(figure);
      const layout = figure.layout as { width?: number; height?: number };
      bundle['image/png'] = picture.toString('base64');
      metadata['image/png'] = { width: layout.width ?? figureWidth, height: layout.height ?? 480 };
      if (id !== undefined) writeArtefact(id, 'png', picture, figure.provenance);
    } catch (error) {
      if (!(error instanceof PictureError)) throw error;
      bundle['text/plain'] += `\n(No still picture of this figure: ${error.message})`;
      if (inNotebook()) process.stdout.write(`No still picture of this figure: ${error.message}\n`);
    }
  }
  bundle['application/vnd.plotly.v1+json'] = {
    data: figure.data,
    layout: figure.layout,
    ...(figure.frames ? { frames: figure.frames } : {}),
    config: { displaylogo: false, responsive: true },
  };
  send(bundle, metadata);
}
