package natslog_test

import (
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/kaohe/kaohe/events/natslog/clustertest"
)

// TestCluster runs one cluster for all tests that leave it as it was.
func TestCluster(t *testing.T) {
	t.Parallel()
	c := clustertest.Start(t, 3)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *clustertest.Cluster)
	}{
		{"it keeps the contract of a log", testClusterLog},
		{"many write at once", testClusterWriters},
		{"users are told what they may not do", testClusterUsers},
		{"a stream that differs is refused", testClusterDiffers},
		{"a log that was lost is not begun anew", testClusterLost},
		{"a stream that is replaced under a log ends it", testClusterReplaced},
		{"a directory serves one log", testClusterDirectory},
		{"metrics leave out what is not ours", testClusterMetrics},
		{"servers come and go while commits are appended", testClusterRolling},
		{"without most of its servers nothing is decided", testClusterQuorum},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, c) })
	}
}

// inCluster are the options of a log in a cluster, of a process that has a directory of its own.
func inCluster(tb testing.TB, c *clustertest.Cluster) natslog.Options {
	tb.Helper()
	opts := options(tb)
	opts.AckTimeout = time.Second
	opts.Cluster = &natslog.Cluster{Name: "the test's", Connect: c.Dial(tb, clustertest.Kaohe), Wait: 20 * time.Second}
	return opts
}

// fresh opens a new log in the cluster.
func fresh(tb testing.TB, c *clustertest.Cluster) (*natslog.Log, natslog.Options) {
	tb.Helper()
	c.Remove(tb, natslog.Stream)
	opts := inCluster(tb, c)
	return mustOpen(tb, opts), opts
}

func testClusterLog(t *testing.T, c *clustertest.Cluster) {
	eventtest.TestLog(t, func(tb testing.TB) events.Log {
		c.Remove(tb, natslog.Stream)
		return mustOpen(tb, inCluster(tb, c))
	})
}
