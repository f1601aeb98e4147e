// Package eventtest helps to test what keeps events and what depends on it.
//
//   - [TestLog] is the conformance suite: what passes it is an [events.Log].
//   - [Memory] is a Log in memory, for tests and benchmarks of what stands on top of one.
//   - [Faults] stands between a NATS client and its server and does to chosen messages what networks do: loses them,
//     holds them back, cuts the connection in the middle. It speaks just enough of the protocol to tell a publish from
//     its acknowledgement.
package eventtest
