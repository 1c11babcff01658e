export { describeInChromium, findChromium } from './chromium.ts';
export { runReadmeExample } from './readme-example.ts';
export { describeVectors, readVector, readVectorBytes, vectorsFolder } from './vectors.ts';
