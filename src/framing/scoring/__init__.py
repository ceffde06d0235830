"""Files of any length in, partitioned Parquet out. Only `spark` imports pyspark."""
