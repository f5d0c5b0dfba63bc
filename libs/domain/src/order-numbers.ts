/**
 * The largest epoch, generation or op_seq. None ever counts so far: a greater one is damage or a fault of a service, and
 * whoever took it could not give out a greater one.
 */
export const largestOrderNumber = 2 ** 40
