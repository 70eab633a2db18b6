/** The 59 tables, figures and images of the five reports, and the experiments whose recorded runs each is drawn from. */
import type { PaperId } from '../results/index.js';

export interface Artefact {
  /** Paper and label: 'lenet5/fig-7'. */
  id: string;
  paper: PaperId;
  kind: 'schematic' | 'data' | 'result';
  title: string;
  /** Experiments that it shows; none for a drawing or a look at the data; null while not yet settled. */
  needs: readonly string[] | null;
}

function artefact(id: string, kind: Artefact['kind'], title: string, needs: Artefact['needs']): Artefact {
  return { id, paper: id.split('/')[0] as PaperId, kind, title, needs };
}

export const artefacts: readonly Artefact[] = [
  artefact('lenet5/fig-1', 'schematic', 'What a CNN is', []),
  artefact('lenet5/fig-2', 'schematic', 'Classic LeNet-5', []),
  artefact('lenet5/fig-3', 'data', 'Fashion-MNIST classes', []),
  artefact('lenet5/fig-4', 'schematic', 'The proposed LeNet-5', []),
  artefact('lenet5/fig-5', 'result', 'Accuracy against epochs', ['proposed-lenet5']),
  artefact('lenet5/fig-6', 'result', 'Training against validation', ['proposed-lenet5']),
  artefact('lenet5/fig-7', 'result', 'Confusion matrix', ['proposed-lenet5']),
  artefact('lenet5/table-1', 'result', 'Precision, recall, F1 per class', ['proposed-lenet5']),
  artefact('lenet5/table-2', 'result', 'Kappa, informedness, MSE', ['proposed-lenet5']),
  artefact('lenet5/table-3', 'result', 'Nineteen models compared', [
    'proposed-lenet5',
    'row-decision-tree',
    'row-extra-tree',
    'row-gaussian-nb',
    'row-knn',
    'row-linear-svc',
    'row-logistic-regression',
    'row-random-forest',
    'row-sgd',
    'row-svc-rbf',
    'row-mlp',
    'row-three-layers',
    'row-cnn',
    'row-cnn-softmax',
    'row-cnn-svm',
    'row-cnn-batchnorm',
    'row-cnn-batchnorm-skip',
  ]),
  artefact('lstm-cnn/fig-1', 'schematic', 'An LSTM cell', ['mnist-lstm-cnn']),
  artefact('lstm-cnn/fig-2', 'schematic', 'The CNN', []),
  artefact('lstm-cnn/fig-3', 'schematic', 'The LSTM-CNN', []),
  artefact('lstm-cnn/fig-4', 'result', 'MNIST training accuracy of the four models', [
    'mnist-lstm-cnn',
    'mnist-cnn-lstm',
    'mnist-lstm',
    'mnist-cnn',
  ]),
  artefact('lstm-cnn/fig-5', 'result', 'MNIST validation accuracy of the four models', [
    'mnist-lstm-cnn',
    'mnist-cnn-lstm',
    'mnist-lstm',
    'mnist-cnn',
  ]),
  artefact('lstm-cnn/fig-6', 'result', 'Three stacked LSTM-CNN: training accuracy', ['mnist-stacked']),
  artefact('lstm-cnn/fig-7', 'result', 'Three stacked LSTM-CNN: validation accuracy', ['mnist-stacked']),
  artefact('lstm-cnn/fig-8', 'result', 'IDC training accuracy of the three models', [
    'idc-lstm-cnn-patch',
    'idc-lstm-patch',
    'idc-cnn-patch',
  ]),
  artefact('lstm-cnn/fig-9', 'result', 'IDC validation accuracy of the three models', [
    'idc-lstm-cnn-patch',
    'idc-lstm-patch',
    'idc-cnn-patch',
  ]),
  artefact('lstm-cnn/table-1', 'result', 'MNIST accuracies', ['mnist-lstm-cnn', 'mnist-cnn-lstm', 'mnist-lstm', 'mnist-cnn']),
  artefact('lstm-cnn/table-2', 'result', 'IDC accuracies', ['idc-lstm-cnn-patch', 'idc-lstm-patch', 'idc-cnn-patch']),
  artefact('cnn-lstm-aggregated/fig-1', 'schematic', 'LeNet-5', []),
  artefact('cnn-lstm-aggregated/fig-2', 'schematic', 'The memory cell', []),
  artefact('cnn-lstm-aggregated/fig-3', 'schematic', 'LSTM unrolled', []),
  artefact('cnn-lstm-aggregated/fig-4', 'schematic', 'Three ways to join CNN and LSTM', []),
  artefact('cnn-lstm-aggregated/fig-5', 'data', 'Fashion-MNIST classes', []),
  artefact('cnn-lstm-aggregated/fig-6', 'result', 't-SNE of the raw test images', []),
  artefact('cnn-lstm-aggregated/fig-7', 'data', 'Box plots of image means', []),
  artefact('cnn-lstm-aggregated/fig-8', 'data', 'Box plots of image variances', []),
  artefact('cnn-lstm-aggregated/fig-9', 'schematic', 'Structure of Model II', []),
  artefact('cnn-lstm-aggregated/fig-10', 'schematic', 'Aggregated and general flow', []),
  artefact('cnn-lstm-aggregated/fig-11', 'result', 'Aggregated output, worked example', ['model-6']),
  artefact('cnn-lstm-aggregated/fig-12', 'result', 'Confusion matrix of Model II', ['model-2']),
  artefact('cnn-lstm-aggregated/fig-13', 'result', 'ROC of Model II', ['model-2']),
  artefact('cnn-lstm-aggregated/fig-14', 'result', 't-SNE of Model II', ['model-2']),
  artefact('cnn-lstm-aggregated/fig-15', 'result', 'Mislabelled samples', ['model-2']),
  artefact('cnn-lstm-aggregated/fig-16', 'result', 't-SNE of four stages', ['model-3', 'model-2', 'model-6']),
  artefact('cnn-lstm-aggregated/table-1', 'result', 'Published benchmarks', ['model-6']),
  artefact('cnn-lstm-aggregated/table-2', 'result', 'Six models: structure and accuracy', [
    'model-1',
    'model-2',
    'model-3',
    'model-4',
    'model-5',
    'model-6',
  ]),
  artefact('cnn-lstm-aggregated/table-3', 'result', 'Multi-class confusion definitions', []),
  artefact('hilbert-lstm/fig-1', 'data', 'MNIST digits', []),
  artefact('hilbert-lstm/fig-2', 'schematic', 'The Hilbert curve', []),
  artefact('hilbert-lstm/fig-3', 'schematic', 'The LSTM', []),
  artefact('hilbert-lstm/fig-4', 'result', 'Hilbert LSTM: accuracy over epochs', ['lstm-14-hilbert']),
  artefact('hilbert-lstm/fig-5', 'result', 'Hilbert LSTM: confusion matrix', ['lstm-14-hilbert']),
  artefact('hilbert-lstm/fig-6', 'result', 'Naive LSTM: accuracy over epochs', ['lstm-14-row']),
  artefact('hilbert-lstm/fig-7', 'result', 'Naive LSTM: confusion matrix', ['lstm-14-row']),
  artefact('hilbert-lstm/fig-8', 'result', 'Exponential and power-law memory', ['lstm-14-row']),
  artefact('hilbert-lstm/fig-9', 'data', 'One digit 5 as a time series', []),
  artefact('hilbert-lstm/summary', 'result', 'All results of section 4', [
    'cnn',
    'rnn-14-hilbert',
    'rnn-14-row',
    'rnn-28-hilbert',
    'rnn-28-row',
    'lstm-14-hilbert',
    'lstm-14-row',
    'lstm-28-hilbert',
    'lstm-28-row',
  ]),
  artefact('knn-cnn-lstm/img-1', 'data', 'Garment examples', []),
  artefact('knn-cnn-lstm/img-2', 'data', 'Labels', []),
  artefact('knn-cnn-lstm/img-3', 'schematic', 'The model', []),
  artefact('knn-cnn-lstm/img-4', 'schematic', 'Hamming distance', []),
  artefact('knn-cnn-lstm/img-5', 'schematic', 'Convolution', []),
  artefact('knn-cnn-lstm/img-6', 'result', "The best model's training", null),
  artefact('knn-cnn-lstm/table-1', 'result', 'KNN accuracy for six K', null),
  artefact('knn-cnn-lstm/table-2', 'result', 'Eight hyper-parameter settings', null),
  artefact('knn-cnn-lstm/table-3', 'result', 'Comparison with published benchmarks', null),
];
