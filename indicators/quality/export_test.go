package quality

// Through is the last commit whose events the state includes.
func (w *Watch) Through() uint64 {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.through
}
