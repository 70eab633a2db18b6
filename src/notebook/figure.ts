/** A figure in a cell: interactive, as a still picture, and in words, in one output; and its file. */
import { type Figure, PictureError, renderPng } from '../figures/index.js';
import { type ArtefactId, checkArtefactId, writeArtefact } from './artefacts.js';
import { type Bundle, inNotebook, send } from './output.js';

/** The file is sharper than the picture in the cell. */
const fileScale = 1.5;

/** Shows a figure. With an artefact id it is also written as figures/<id>.png (real data, lesson or paper profile). */
export async function showFigure(figure: Figure, id?: ArtefactId): Promise<void> {
  if (id !== undefined) checkArtefactId(id);
  const bundle: Bundle = { 'text/plain': figure.description };
  const metadata: Record<string, unknown> = {};
  if (id !== undefined) metadata['paperlab'] = { artefact: id, provenance: figure.provenance ?? 'real' };
  if (inNotebook() || id !== undefined) {
    try {
      // JupyterLab's Plotly renderer shows this picture pixel for pixel until the mouse enters it, so it has the figure's own size.
      bundle['image/png'] = (await renderPng(figure)).toString('base64');
      if (id !== undefined) writeArtefact(id, 'png', await renderPng(figure, { scale: fileScale }), figure.provenance);
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
