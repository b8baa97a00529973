DROP TABLE panel_void_locks;
