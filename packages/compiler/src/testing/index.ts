// What tests of this package and of its users share; not part of the program.

export { lacksBfloat16, type OpenvinoName, openvinoHere } from "./openvino-here.ts";
