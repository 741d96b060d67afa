"""What ties the rooms to Airflow. Nothing is imported here: every DAG file pays for it."""
