// The record that every run leaves: its schema, reading and writing.
export {};
