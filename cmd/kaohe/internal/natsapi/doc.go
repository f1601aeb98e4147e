// Package natsapi answers over NATS what the daemon answers over HTTP, as the service "kaohe" of nats micro:
//
//	nats req kaohe.v1.emit '{"specversion":"1.0","type":"EnvoyTrainingHeld", ...}'
//	nats req kaohe.v1.scorecard '{"quarter":"2018Q1","org":"450703"}'
//	nats req kaohe.v1.event '{"position":"12-0"}'
//	nats micro info kaohe
//
// Nothing is decided here. A request becomes one to the daemon's handler, which knows the principal from the context, and
// the handler's answer becomes the reply: its body as it is, its status in the header Kaohe-Status, its Content-Type,
// Content-Language and Retry-After under their names. Of a status from 400 on the reply has the headers by which NATS
// services tell errors, too: Nats-Service-Error, in words, and Nats-Service-Error-Code, the status.
//
// To kaohe.v1.emit goes one CloudEvent in JSON or an array of them; with headers ce-* it is the data of the event whose
// attributes they are. The Content-Type may be left out. Kaohe-Atomic: true and Kaohe-Dry-Run: true are the parameters
// atomic and dry_run. Events are recorded whether or not the sender waits for the receipt. To all others goes an object of
// the parameters that the question has over HTTP, or nothing for their defaults. Accept-Language chooses the language. The
// names of headers may be in any case.
//
// A bounded number of requests is worked on at a time, and of one caller a quarter of it. What is beyond is answered with 429
// and a Retry-After at once. Whoever sends still more waits, and makes others wait a little, but not in vain.
package natsapi
