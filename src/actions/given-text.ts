// Text that is not typed as an argument, because all could see it there.
export { readGivenText } from "../system/given-text.ts";
