// Package clustertest runs servers of NATS in the process of a test: clusters with the very configuration that is shipped in
// deploy/nats, and single servers with one of the test's own.
//
// The servers listen on loopback ports that are free, keep their stores in the test's temporary directory and speak TLS, by
// certificates that are made for the test. What is changed in the shipped files is what an operator changes, in node.conf;
// added is one user, [Master], who may do what nobody should.
package clustertest
