export { describeInChromium, findChromium } from './chromium.ts';
export { HOSTILE_VALUES } from './hostile-values.ts';
export { publicFunctions } from './public-functions.ts';
export { runReadmeExample } from './readme-example.ts';
export { describeVectors, readVector, readVectorBytes, vectorsFolder } from './vectors.ts';
